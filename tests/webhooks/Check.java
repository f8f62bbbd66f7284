import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Arguments: secret, id, timestamp, signature, file of the body. Says whether the guide's snippet takes it. */
final class Check {
    public static void main(String[] said) throws Exception {
        Map<String, List<String>> headers = Map.of(
            "webhook-id", List.of(said[1]),
            "webhook-timestamp", List.of(said[2]),
            "webhook-signature", List.of(said[3]));
        byte[] body = Files.readAllBytes(Path.of(said[4]));
        System.out.println(Verify.verify(said[0], HttpHeaders.of(headers, (name, value) -> true), body));
    }
}

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

final class Verify {
    /** Whether it comes from your server. `body` is what came, byte by byte. */
    static boolean verify(String secret, HttpHeaders headers, byte[] body) throws GeneralSecurityException {
        String id = headers.firstValue("webhook-id").orElseThrow();
        String at = headers.firstValue("webhook-timestamp").orElseThrow();
        if (Math.abs(Instant.now().getEpochSecond() - Long.parseLong(at)) > 300) return false;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
        mac.update((id + "." + at + ".").getBytes(StandardCharsets.UTF_8));
        String expected = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        for (String one : headers.firstValue("webhook-signature").orElseThrow().split(" ")) {
            if (MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8))) return true;
        }
        return false;
    }
}

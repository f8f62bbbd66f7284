package androidx.test.runner.intent;

/** What Robolectric links against of androidx.test, declared here: the app's tests need nothing of it. */
public final class IntentStubberRegistry {
    private IntentStubberRegistry() {}

    public static boolean isLoaded() {
        return false;
    }

    public static IntentStubber getInstance() {
        throw new IllegalStateException("no stubber is loaded");
    }
}

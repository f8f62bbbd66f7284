package androidx.test.runner.intent;

/** What Robolectric links against of androidx.test, declared here: the app's tests need nothing of it. */
public final class IntentMonitorRegistry {
    private static IntentMonitor registered;

    private IntentMonitorRegistry() {}

    public static IntentMonitor getInstance() {
        return registered;
    }

    public static void registerInstance(IntentMonitor monitor) {
        registered = monitor;
    }
}

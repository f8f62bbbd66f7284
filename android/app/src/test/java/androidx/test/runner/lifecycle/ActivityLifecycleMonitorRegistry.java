package androidx.test.runner.lifecycle;

/** What Robolectric links against of androidx.test, declared here: the app's tests need nothing of it. */
public final class ActivityLifecycleMonitorRegistry {
    private static ActivityLifecycleMonitor registered;

    private ActivityLifecycleMonitorRegistry() {}

    public static ActivityLifecycleMonitor getInstance() {
        return registered;
    }

    public static void registerInstance(ActivityLifecycleMonitor monitor) {
        registered = monitor;
    }
}

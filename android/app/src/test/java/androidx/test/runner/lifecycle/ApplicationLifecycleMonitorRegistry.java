package androidx.test.runner.lifecycle;

/** What Robolectric links against of androidx.test, declared here: the app's tests need nothing of it. */
public final class ApplicationLifecycleMonitorRegistry {
    private static ApplicationLifecycleMonitor registered;

    private ApplicationLifecycleMonitorRegistry() {}

    public static ApplicationLifecycleMonitor getInstance() {
        return registered;
    }

    public static void registerInstance(ApplicationLifecycleMonitor monitor) {
        registered = monitor;
    }
}

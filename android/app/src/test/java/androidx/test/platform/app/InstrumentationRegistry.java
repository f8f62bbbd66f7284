package androidx.test.platform.app;

import android.app.Instrumentation;
import android.os.Bundle;

/** What Robolectric links against of androidx.test, declared here: the app's tests need nothing of it. */
public final class InstrumentationRegistry {
    private static Instrumentation instrumentation;
    private static Bundle arguments;

    private InstrumentationRegistry() {}

    public static Instrumentation getInstrumentation() {
        return instrumentation;
    }

    public static Bundle getArguments() {
        return arguments;
    }

    public static void registerInstance(Instrumentation registered, Bundle given) {
        instrumentation = registered;
        arguments = given;
    }
}

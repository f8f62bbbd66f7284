package androidx.test.runner.intent;

import android.app.Instrumentation;
import android.content.Intent;

/** What Robolectric links against of androidx.test, declared here: the app's tests need nothing of it. */
public interface IntentStubber {
    Instrumentation.ActivityResult getActivityResultForIntent(Intent intent);
}

package androidx.test.runner.lifecycle;

import android.app.Activity;

/** What Robolectric links against of androidx.test, declared here: the app's tests need nothing of it. */
public interface ActivityLifecycleCallback {
    void onActivityLifecycleChanged(Activity activity, Stage stage);
}

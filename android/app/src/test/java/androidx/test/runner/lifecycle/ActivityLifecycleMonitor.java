package androidx.test.runner.lifecycle;

import android.app.Activity;
import java.util.Collection;

/** What Robolectric links against of androidx.test, declared here: the app's tests need nothing of it. */
public interface ActivityLifecycleMonitor {
    void addLifecycleCallback(ActivityLifecycleCallback callback);

    void removeLifecycleCallback(ActivityLifecycleCallback callback);

    Stage getLifecycleStageOf(Activity activity);

    Collection<Activity> getActivitiesInStage(Stage stage);
}

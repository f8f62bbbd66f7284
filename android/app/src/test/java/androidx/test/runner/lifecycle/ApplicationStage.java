package androidx.test.runner.lifecycle;

/** What Robolectric links against of androidx.test, declared here: the app's tests need nothing of it. */
public enum ApplicationStage { PRE_ON_CREATE, CREATED }

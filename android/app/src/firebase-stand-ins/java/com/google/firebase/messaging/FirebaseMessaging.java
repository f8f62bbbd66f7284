package com.google.firebase.messaging;

import com.google.android.gms.tasks.Task;

/** Stands in for Google's class, as its reference describes it: for the compiler and for tests. Never shipped. */
public class FirebaseMessaging {
    private final Task<String> token;

    public FirebaseMessaging(Task<String> token) {
        this.token = token;
    }

    public Task<String> getToken() {
        return token;
    }
}

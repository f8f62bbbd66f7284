package com.google.firebase.messaging;

import java.util.Map;

/** Stands in for Google's class, as its reference describes it: for the compiler and for tests. Never shipped. */
public final class RemoteMessage {
    private final Map<String, String> data;

    public RemoteMessage(Map<String, String> data) {
        this.data = data;
    }

    public Map<String, String> getData() {
        return data;
    }
}

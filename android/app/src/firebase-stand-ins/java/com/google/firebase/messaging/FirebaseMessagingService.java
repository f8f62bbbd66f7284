package com.google.firebase.messaging;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;

/** Stands in for Google's class, as its reference describes it: for the compiler and for tests. Never shipped. */
public class FirebaseMessagingService extends Service {
    public void onNewToken(String token) {}

    public void onMessageReceived(RemoteMessage message) {}

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}

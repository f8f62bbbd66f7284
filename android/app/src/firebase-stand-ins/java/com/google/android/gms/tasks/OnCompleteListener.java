package com.google.android.gms.tasks;

/** Stands in for Google's class, as its reference describes it: for the compiler and for tests. Never shipped. */
public interface OnCompleteListener<T> {
    void onComplete(Task<T> task);
}

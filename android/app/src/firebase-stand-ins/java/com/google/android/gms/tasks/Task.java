package com.google.android.gms.tasks;

/** Stands in for Google's class, as its reference describes it: for the compiler and for tests. Never shipped. */
public abstract class Task<T> {
    public abstract boolean isSuccessful();

    public abstract T getResult();

    public abstract Task<T> addOnCompleteListener(OnCompleteListener<T> listener);
}

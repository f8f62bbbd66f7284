/*
 * Coroutines on the main thread, without a library for it.
 */
package dev.inkan.app.core

import android.os.Handler
import android.os.Looper
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Runnable
import kotlin.coroutines.CoroutineContext

/** Posts to the main looper; what is there already goes on at once. */
object MainThread : CoroutineDispatcher() {
    private val handler by lazy { Handler(Looper.getMainLooper()) }

    override fun isDispatchNeeded(context: CoroutineContext): Boolean = Looper.myLooper() !== Looper.getMainLooper()

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        handler.post(block)
    }
}

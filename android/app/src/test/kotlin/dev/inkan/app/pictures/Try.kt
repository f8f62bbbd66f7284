package dev.inkan.app.pictures

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import android.os.Looper
import dev.inkan.app.look.PageListener
import dev.inkan.app.look.PageView
import dev.inkan.app.look.SamplePages
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import java.io.File
import java.time.Duration

@RunWith(RobolectricTestRunner::class)
class TryTest {
    @Test
    fun photograph() {
        for ((lang, night, scale) in listOf(Triple("ja", "notnight", 1f), Triple("en", "night", 1f), Triple("ja", "night", 2f), Triple("en", "notnight", 2f))) {
            RuntimeEnvironment.setQualifiers("+$lang-w393dp-h852dp-port-$night-hdpi")
            RuntimeEnvironment.setFontScale(scale)
            for (page in SamplePages.all(lang == "ja")) {
                Robolectric.buildActivity(Activity::class.java).use { c ->
                    val a = c.get()
                    a.setTheme(dev.inkan.app.R.style.Theme_Inkan)
                    c.create()
                    val v = PageView(a, object : PageListener {
                        override fun tapped(id: String) = Unit
                        override fun typed(field: String, text: String) = Unit
                        override fun switched(id: String, on: Boolean) = Unit
                    })
                    a.setContentView(v)
                    c.start().postCreate(null).resume().visible()
                    v.show(page)
                    shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(400))
                    val root = a.window.decorView
                    val bitmap = Bitmap.createBitmap(root.width, root.height, Bitmap.Config.ARGB_8888)
                    root.draw(Canvas(bitmap))
                    val f = File("target/shots/${page.id}-$lang-$night-${scale.toInt()}-${android.os.Build.VERSION.SDK_INT}.png")
                    f.parentFile!!.mkdirs()
                    f.outputStream().use { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }
                }
            }
        }
    }
}

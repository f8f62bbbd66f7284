// The files that this repository commits, as tests read them.
package dev.inkan

import java.io.File

internal fun repository(path: String): File = File(checkNotNull(System.getProperty("inkan.repository")), path)

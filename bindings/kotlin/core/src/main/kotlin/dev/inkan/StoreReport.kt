// What opening the store found.
package dev.inkan

/**
 * What opening the store found, to be told to the person if it is not sound.
 *
 * @property created there was nothing; an empty store was made
 * @property migratedFrom the number of the older format in which the store was; it is in the newest one now
 * @property quarantined where the damaged files now are
 * @property emptied nothing could be saved: all accounts have to be enrolled again
 * @property damagedRecords records that did not open. They are kept out of the way
 * @property lostCommits acknowledged commits that are no longer there: damage, or an old copy was put back
 */
public data class StoreReport(
    val created: Boolean = false,
    val migratedFrom: Int? = null,
    val quarantined: String? = null,
    val emptied: Boolean = false,
    val damagedRecords: Int = 0,
    val lostCommits: Long = 0,
) {
    /** Nothing was lost and nothing is damaged. */
    val isSound: Boolean
        get() = quarantined == null && !emptied && damagedRecords == 0 && lostCommits == 0L
}

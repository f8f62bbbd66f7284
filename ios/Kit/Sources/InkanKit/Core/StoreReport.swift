// What opening the store found.

/// What opening the store found, to be told to the person if it is not sound.
public struct StoreReport: Hashable, Sendable {
    /// There was nothing; an empty store was made.
    public let created: Bool
    /// The number of the older format in which the store was; it is in the newest one now.
    public let migratedFrom: Int?
    /// Where the damaged files now are.
    public let quarantined: String?
    /// Nothing could be saved: all accounts have to be enrolled again.
    public let emptied: Bool
    /// Records that did not open. They are kept out of the way.
    public let damagedRecords: Int
    /// Acknowledged commits that are no longer there: damage, or an old copy was put back.
    public let lostCommits: Int

    /// A report of these parts, for tests and previews.
    public init(
        created: Bool = false, migratedFrom: Int? = nil, quarantined: String? = nil, emptied: Bool = false,
        damagedRecords: Int = 0, lostCommits: Int = 0
    ) {
        self.created = created
        self.migratedFrom = migratedFrom
        self.quarantined = quarantined
        self.emptied = emptied
        self.damagedRecords = damagedRecords
        self.lostCommits = lostCommits
    }

    /// Nothing was lost and nothing is damaged.
    public var isSound: Bool {
        quarantined == nil && !emptied && damagedRecords == 0 && lostCommits == 0
    }
}

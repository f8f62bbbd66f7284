// What one look at all servers found.
package dev.inkan

/**
 * What went wrong with one account.
 *
 * @property account whose account
 * @property error what went wrong
 */
public data class Problem(
    val account: AccountId,
    val error: InkanException,
)

/**
 * What waits in all accounts.
 *
 * @property settled what became of decisions that were kept
 * @property requests what waits for an answer
 * @property problems what went wrong, account by account. The others are complete
 */
public data class Inbox(
    val settled: List<KeptDecision> = emptyList(),
    val requests: List<Request> = emptyList(),
    val problems: List<Problem> = emptyList(),
)

// Effects, done over the core and the device. Each ends with the events that a screen waits for.
import Foundation

/// Runs the effects of all screens but those that lead from one screen to another.
@MainActor final class Runner {
    private let device: any Device
    private let door: any CoreDoor
    private(set) var core: (any Ceremonies)?
    private let bell: Bell

    init(device: any Device, door: any CoreDoor, bell: Bell) {
        self.device = device
        self.door = door
        self.bell = bell
    }

    /// Does an effect. A task that was cancelled brings nothing.
    func run(_ effect: Effect) async -> [Event] {
        do {
            return try await events(of: effect)
        } catch is CancellationError {
            return []
        } catch {
            let error = error as? InkanError ?? .internal(.other, detail: String(describing: type(of: error)))
            if effect == .openStore, case .internal(let why, _) = error { return [.storeFailed(why)] }
            return [.failed(effect, error)]
        }
    }

    /// Effects that wait at a server for news. Their screen asks again when it is started again.
    nonisolated static func isWait(_ effect: Effect) -> Bool {
        switch effect {
        case .watchState, .watchEnrollment, .loadInbox(wait: true): true
        default: false
        }
    }

    private func events(of effect: Effect) async throws -> [Event] {
        switch effect {
        case .openStore: return [.storeOpened(try await door.openStore())]
        case .setStoreAside:
            try await door.setStoreAside()
            return [.done(effect)]
        case .openAuthenticator:
            core = try await door.openAuthenticator()
            return []
        case .askForCamera:
            // Nobody is asked twice.
            if let given = device.camera.isGiven { return [.permission(given: given)] }
            return [.permission(given: await device.requestCamera())]
        case .lookAtCamera: return [.permission(given: device.camera.isGiven ?? false)]
        case .lookAtNotifications: return [.permission(given: await device.mayNotify())]
        case .askForNotifications:
            let given = await device.askForNotifications()
            if given { device.registerForDoorbell() }
            return [.permission(given: given)]
        case .openBrowser(let address):
            return await opens(WebAddress.url(address.exposeURL())) ? [.done(effect)] : [.browserFailed]
        case .dial(let number): _ = await opens(WebAddress.telephone(number))
        case .openSystemSettings: await device.openSettings()
        // A build that is in no shop: from the settings one finds the way at least.
        case .openAppStore: if await !opens(WebAddress.shop(device.shopNumber)) { await device.openSettings() }
        case .go, .close, .chooseLanguage: return []
        default:
            guard let core else { throw InkanError.internal(.other, detail: "the core is not open") }
            return try await events(of: effect, over: core)
        }
        return [.done(effect)]
    }

    private func opens(_ url: URL?) async -> Bool {
        guard let url else { return false }
        return await device.open(url)
    }

    private func events(of effect: Effect, over core: any Ceremonies) async throws -> [Event] {
        switch effect {
        case .loadInbox(let wait): return try await inbox(core, wait: wait)
        case .loadAccounts: return [.accountsLoaded(try await core.accounts())]
        case .loadHistory: return [.historyLoaded(try await history(core))]
        case .loadLeftOver: return [.leftOver(try await core.enrollments())]
        case .loadRequest(let account, let challenge):
            return try await loaded(core.request(account: account, challenge: challenge), core)
        case .openLink(let link): return try await loaded(core.openLink(link), core)
        case .watchState(let account, let challenge): return [.stateRead(try await end(of: challenge, account, core))]
        case .decide(.approve, let account, let challenge, let number, _, let shown):
            let outcome = try await core.approve(account: account, challenge: challenge, number: number, shown: shown)
            return [.decided(outcome, account: await owner(account, core))]
        case .decide(.deny, let account, let challenge, _, let reason, _):
            let outcome = try await core.deny(account: account, challenge: challenge, reason: reason ?? .changedMind)
            return [.decided(outcome, account: await owner(account, core))]
        case .decide(.report, let account, let challenge, _, _, _):
            let outcome = try await core.report(account: account, challenge: challenge)
            return [.decided(outcome, account: await owner(account, core))]
        case .beginEnrollment(let link): return [.enrollmentFound(try await core.beginEnrollment(link))]
        case .beginTyped(let host, let code):
            return [.enrollmentFound(try await core.beginEnrollmentTyped(host: host, code: code))]
        case .confirmAccount(let id): return [.codeToShow(try await core.confirmAccount(id))]
        case .watchEnrollment(let id): return [.progressed(try await core.enrollmentStatus(id, wait: 25))]
        case .testPush(let account): return [.pushTested(arrived: try await tried(account, core))]
        default:
            try await change(effect, core)
            return [.done(effect)]
        }
    }

    /// What brings nothing back.
    private func change(_ effect: Effect, _ core: any Ceremonies) async throws {
        switch effect {
        case .freeze(let account): try await core.freeze(account)
        case .abandonEnrollment(let id): try await core.abandonEnrollment(id)
        case .rename(let account, let name): try await core.rename(account, name: name)
        case .renewKeys(let account): try await core.rotateKeys(account)
        case .leave(let account): try await core.leave(account)
        case .forget(let account): try await core.forget(account)
        case .refresh(let account): _ = try await core.refreshAccount(account)
        default: break
        }
    }

    private func inbox(_ core: any Ceremonies, wait: Bool) async throws -> [Event] {
        let inbox = try await core.inbox(wait: wait ? 25 : 0)
        if inbox.requests.isEmpty && inbox.problems.isEmpty { device.removeNotifications() }
        return [.inboxLoaded(inbox, accounts: try await core.accounts(), now: device.now)]
    }

    private func history(_ core: any Ceremonies) async throws -> [HistoryEntry] {
        var entries: [HistoryEntry] = []
        for account in try await core.accounts() { entries += try await core.history(account.id) }
        return entries.sorted { $0.outcome.decidedAt > $1.outcome.decidedAt }
    }

    private func loaded(_ request: Request, _ core: any Ceremonies) async throws -> [Event] {
        [.requestLoaded(request, account: await owner(request.account, core), now: device.now)]
    }

    /// The account, if it can be had: a screen does without.
    private func owner(_ id: AccountId, _ core: any Ceremonies) async -> Account? {
        try? await core.accounts().first { $0.id == id }
    }

    /// Waits as long as it is pending.
    private func end(of challenge: ChallengeId, _ account: AccountId, _ core: any Ceremonies) async throws
        -> ChallengeState
    {
        while true {
            let state = try await core.requestState(account: account, challenge: challenge, wait: 25)
            if state != .pending { return state }
            // A server that ends its wait at once shall not be asked without end.
            try await device.pause(seconds: 1)
        }
    }

    private func tried(_ account: AccountId, _ core: any Ceremonies) async throws -> Bool {
        guard let address = await bell.address(within: 10, device) else { return false }
        try await core.setPush(account: account, push: address)
        return await bell.rings(within: 30, device)
    }
}

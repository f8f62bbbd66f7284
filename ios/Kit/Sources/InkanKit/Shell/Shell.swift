// Which screen is in front, and what the system tells the app.
import Foundation

/// The app behind its views: a stack of screens, of which the uppermost is seen.
@MainActor public final class Shell {
    /// The page that is to be seen.
    public private(set) var page: Page
    /// The words in which it stands.
    public private(set) var words: Words
    /// Told when either has changed.
    public var changed: (() -> Void)?

    private let device: any Device
    private let door: any CoreDoor
    private let runner: Runner
    private let bell = Bell()
    private var stack: [any Shown] = []
    private var doorbell: PushAddress?
    /// What came before the core was open, to be done when it is.
    private var later: [@MainActor () -> Void] = []
    /// Who waits to hear whether the core is open.
    private var asking: [CheckedContinuation<Void, Never>] = []
    private var isFront = false

    /// An app that has not started, over this device and the core behind this door.
    public init(device: any Device, door: any CoreDoor) {
        self.device = device
        self.door = door
        runner = Runner(device: device, door: door, bell: bell)
        words = device.words(device.chosenLanguage)
        page = StartScreen().page(words)
    }

    /// The app has started: the store is opened.
    public func start() {
        push(StartScreen())
    }

    /// The person did something.
    public func send(_ event: PageEvent) {
        switch event {
        case .tapped(let id): stack.last?.send(.tapped(id))
        case .typed(let field, let text): stack.last?.send(.typed(field: field, text: text))
        case .switched(let id, let on): stack.last?.send(.switched(id, on: on))
        case .cameraTroubled(let why): stack.last?.send(.cameraTroubled(why))
        case .cameraBack: stack.last?.send(.cameraBack)
        case .scanned(let text):
            let code = (try? door.recognise(text)) ?? .notOurs
            stack.last?.send(.scanned(text: text, code: code))
        }
    }

    /// A second has passed.
    public func tick() { stack.last?.send(.tick(now: device.now)) }

    /// The app came to the front, or left it. Whenever it comes, what waits is fetched; while it is away nobody waits.
    public func entered(_ phase: Cover.Phase) {
        let came = phase == .active && !isFront
        switch phase {
        case .active: isFront = true
        case .background: isFront = false
        // The system's dialog or a call lies over it: the screen goes on.
        case .inactive: return
        }
        if !isFront { stack.last?.rest() }
        if came && runner.core != nil { stack.last?.send(.started(now: device.now)) }
    }

    /// A verified https link was opened.
    public func open(link: String) {
        // Whatever waits for the core holds nobody: the store closes when nobody holds it.
        whenOpen { [weak self] in self?.follow(link) }
    }

    private func follow(_ link: String) {
        if case .challenge(_, let challenge, _) = try? door.recognise(link) {
            push(RequestScreen(account: AccountId(""), challenge: challenge, link: link))
        } else {
            push(EnrollScreen(link: link, name: device.name))
        }
    }

    /// The system has said where the doorbell is; nothing: nowhere.
    public func doorbell(at address: PushAddress?) {
        doorbell = address
        bell.moved(to: address)
        whenOpen { [weak self] in
            Task { await self?.tellDoorbell() }
        }
    }

    /// Somebody rang. Looks what waits; whether there is anything. Notifications that are true no more go.
    public func rang(_ payload: PushPayload?) async -> Bool {
        bell.rang()
        guard let core = await openCore() else { return false }
        // For nobody, of another version, or forged: whoever rang, what counts is what waits.
        if let payload, let hint = try? await core.pushReceived(account: nil, payload: payload) {
            // Kept by the core, and told with the next look, if it does not get through now.
            try? await core.pushArrived(hint.id)
        }
        guard let inbox = try? await core.inbox(wait: 0) else { return false }
        if inbox.requests.isEmpty && inbox.problems.isEmpty { device.removeNotifications() }
        if isFront { stack.last?.send(.started(now: device.now)) }
        return !inbox.requests.isEmpty
    }

    /// A notification was tapped.
    public func tapped(_ tap: NotificationTap) async {
        switch tap {
        case .nothing: return
        case .showInbox: whenOpen { [weak self] in self?.go(to: .home) }
        case .decline:
            guard let core = await openCore() else { return }
            let waiting = (try? await core.inbox(wait: 0))?.requests.filter { $0.kept == nil } ?? []
            // A notification names no request: with two, nobody knows which was meant.
            if waiting.count == 1, let only = waiting.first {
                push(RequestScreen(account: only.account, challenge: only.challenge, declines: true))
            } else {
                go(to: .home)
            }
        }
    }

    /// Returns when nothing is under way any more but waits. For tests.
    func settle() async {
        for shown in stack { await shown.settle() }
    }

    // MARK: Screens

    private func push(_ screen: some Screen) {
        let own = Own()
        let driver = Driver(
            screen, isWait: Runner.isWait, changed: { [weak self] in self?.show() },
            run: { [weak self] effect in await self?.run(effect, of: own.shown) ?? [] })
        own.shown = driver
        stack.last?.rest()
        stack.append(driver)
        show()
        driver.send(.started(now: device.now))
    }

    /// Whose effects a driver has done.
    @MainActor private final class Own {
        weak var shown: (any Shown)?
    }

    private func run(_ effect: Effect, of shown: (any Shown)?) async -> [Event] {
        switch effect {
        case .go(let place): go(to: place)
        case .close: close(shown)
        case .chooseLanguage(let language): speak(language)
        case .openAuthenticator:
            let events = await runner.run(effect)
            if runner.core != nil { opened() }
            tellWhoAsks()
            return events
        case .openStore:
            let events = await runner.run(effect)
            // A store that is not sound waits for the person; nobody else shall wait with it.
            if case .storeOpened(let report)? = events.first, report.isSound { return events }
            tellWhoAsks()
            return events
        default: return await runner.run(effect)
        }
        return []
    }

    private func go(to place: Place) {
        switch place {
        case .home:
            while stack.count > 1 { stack.removeLast().end() }
            show()
            stack.last?.send(.started(now: device.now))
        case .ofRequest(let account, let challenge): push(RequestScreen(account: account, challenge: challenge))
        case .enrollment: push(EnrollScreen(name: device.name))
        case .history: push(HistoryScreen())
        case .settings:
            push(
                SettingsScreen(
                    chosen: device.chosenLanguage, version: device.version, licences: device.licences,
                    log: device.log))
        }
    }

    /// A screen ends itself and no other: meanwhile a link may have brought the next one.
    private func close(_ shown: (any Shown)?) {
        guard let place = stack.lastIndex(where: { $0 === shown }), place > 0 else { return }
        let wasSeen = place == stack.count - 1
        stack.remove(at: place).end()
        guard wasSeen else { return }
        show()
        stack.last?.send(.started(now: device.now))
    }

    private func speak(_ language: Language?) {
        device.chosenLanguage = language
        words = device.words(language)
        try? runner.core?.setLanguage(words.language)
        show()
        changed?()
    }

    private func show() {
        guard let top = stack.last else { return }
        let before = page
        page = top.page(words)
        guard page != before else { return }
        if page.place != before.place { device.pageChanged() }
        if let announce = page.announce, announce != before.announce || page.id != before.id {
            device.announce(announce)
        }
        changed?()
    }

    // MARK: The core

    private func opened() {
        stack.removeLast().end()
        push(HomeScreen())
        let waiting = later
        later = []
        for one in waiting { one() }
        Task { if await device.mayNotify() { device.registerForDoorbell() } }
    }

    private func whenOpen(_ work: @escaping @MainActor () -> Void) {
        if runner.core != nil { work() } else { later.append(work) }
    }

    /// The core, once it is open; nothing where the store does not open by itself. The app may have been started for a
    /// notification alone.
    private func openCore() async -> (any Ceremonies)? {
        if runner.core == nil, isStarting {
            await withCheckedContinuation { asking.append($0) }
        }
        return runner.core
    }

    private var isStarting: Bool { stack.first.map { $0.isBusy } ?? false }

    private func tellWhoAsks() {
        let waiting = asking
        asking = []
        for one in waiting { one.resume() }
    }

    /// Tells every account's server where the doorbell is. What fails is told at the next start.
    private func tellDoorbell() async {
        guard let core = runner.core, let address = doorbell else { return }
        for account in (try? await core.accounts()) ?? [] where account.state == .active {
            try? await core.setPush(account: account.id, push: address)
        }
    }
}

/// A screen that is shown, whatever its state is.
@MainActor protocol Shown: AnyObject {
    func page(_ words: Words) -> Page
    func send(_ event: Event)
    func rest()
    func end()
    func settle() async
    var isBusy: Bool { get }
}

extension Driver: Shown {
    func page(_ words: Words) -> Page { screen.page(words) }
    var isBusy: Bool { !underWay.isEmpty }
}

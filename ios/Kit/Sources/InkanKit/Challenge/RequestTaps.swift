// What a hand on a request's page brings about.

extension RequestScreen {
    mutating func tapped(_ id: String) -> [Effect] {
        switch id {
        case Ids.approve: return approve()
        case Ids.deny:
            if phase == .shown {
                phase = .asking
                early = false
                failure = nil
            }
            return []
        case Ids.denyMine: return phase == .asking ? decide(.deny, id, reason: .changedMind) : []
        // Also of what has ended.
        case Ids.denyNotMine, Ids.report: return phase.isSending || phase.isScanning ? [] : decide(.report, id)
        case Ids.resend: return resend()
        case Ids.scan:
            guard phase == .shown else { return [] }
            phase = .scanning()
            failure = nil
            return [.askForCamera]
        case Ids.retry: return retry()
        case Ids.freeze: return freeze()
        case Ids.dial: return owner?.supportPhone.map { [.dial($0)] } ?? []
        case Ids.enroll: return [.go(.enrollment)]
        case Ids.update: return [.openAppStore]
        case Ids.systemSettings: return [.openSystemSettings]
        case Ids.return: return phase.ending?.address.map { [.openBrowser($0)] } ?? []
        case Ids.back: return back()
        case Ids.close: return [.close]
        default: return []
        }
    }

    private mutating func retry() -> [Effect] {
        switch phase {
        case .stuck:
            phase = .verifying
            return [load()]
        case .scanning:
            phase = .scanning()
            return [.askForCamera]
        default: return []
        }
    }

    private mutating func back() -> [Effect] {
        switch phase {
        case .asking, .scanning:
            phase = .shown
            return []
        case .sending: return []
        case .verifying, .shown, .ended, .stuck: return [.close]
        }
    }

    private mutating func approve() -> [Effect] {
        guard phase == .shown, request?.kept == nil else { return [] }
        switch request?.approval {
        case .ready: return decide(.approve, Ids.approve)
        case .number(let digits) where number.count == digits: return decide(.approve, Ids.approve)
        default:
            early = true
            failure = nil
            return []
        }
    }

    private mutating func decide(_ decision: Decision, _ tap: String, reason: DenyReason? = nil) -> [Effect] {
        guard phase == .shown || phase == .asking || phase.isEnded else { return [] }
        var typed: String?
        if decision == .approve, case .number = request?.approval { typed = number }
        phase = .sending(decision, tap: tap, from: phase)
        early = false
        failure = nil
        again = nil
        let shown = request?.language
        return [.decide(decision, account, challenge, number: typed, reason: reason, shown: shown)]
    }

    /// What is kept goes out again because somebody wants it to: the page says that it does.
    private mutating func resend() -> [Effect] {
        guard phase == .shown, let kept = request?.kept else { return [] }
        let under = trying
        phase = .sending(kept, tap: Ids.resend, from: .shown)
        trying = false
        failure = nil
        again = nil
        return under ? [] : [.decide(kept, account, challenge)]
    }

    private mutating func freeze() -> [Effect] {
        guard case .ended(.reported) = phase, !freezing else { return [] }
        freezing = true
        failure = nil
        return [.freeze(account)]
    }

    mutating func permitted(_ given: Bool) {
        guard case .scanning(_, _, let trouble) = phase else { return }
        phase = .scanning(refused: !given, trouble: given ? trouble : nil)
    }

    /// What becomes of the camera, where one is shown.
    mutating func sees(_ trouble: CameraTrouble?) {
        if case .scanning(refused: false, _, _) = phase { phase = .scanning(trouble: trouble) }
    }

    mutating func scanned(_ text: String, _ code: ScannedCode) -> [Effect] {
        guard phase.isScanning else { return [] }
        if case .challenge(_, challenge, _) = code {
            phase = .verifying
            return [.openLink(text)]
        }
        phase = .scanning(foreign: true)
        return []
    }

    mutating func typed(_ text: String) {
        guard phase == .shown else { return }
        var most = 0
        if case .number(let digits) = request?.approval { most = digits }
        number = String(digits(of: text).prefix(most))
        early = false
        failure = nil
    }
}

/// Where this phone's doorbell is, and who waits for it.
@MainActor final class Bell {
    private var known: PushAddress?
    private var waiting: [Int: (wants: Wants, resume: (PushAddress?) -> Void)] = [:]
    private var asked = 0

    private enum Wants { case address, ring }

    /// The system has said where it is; nothing: nowhere.
    func moved(to address: PushAddress?) {
        known = address
        answer(.address, with: address)
    }

    /// Where it is; asks the system where that is not known.
    func address(within seconds: Int, _ device: any Device) async -> PushAddress? {
        if let known { return known }
        device.registerForDoorbell()
        return await wait(for: .address, within: seconds, device)
    }

    /// Somebody rang.
    func rang() { answer(.ring, with: known) }

    /// Whether somebody rings within that time.
    func rings(within seconds: Int, _ device: any Device) async -> Bool {
        await wait(for: .ring, within: seconds, device) != nil
    }

    private func answer(_ wants: Wants, with address: PushAddress?) {
        for (number, one) in waiting where one.wants == wants {
            waiting[number] = nil
            one.resume(address)
        }
    }

    private func wait(for wants: Wants, within seconds: Int, _ device: any Device) async -> PushAddress? {
        asked += 1
        let number = asked
        let timer = Task {
            try? await device.pause(seconds: seconds)
            let late = waiting.removeValue(forKey: number)
            late?.resume(nil)
        }
        let answer = await withCheckedContinuation { (continuation: CheckedContinuation<PushAddress?, Never>) in
            waiting[number] = (wants, { continuation.resume(returning: $0) })
        }
        timer.cancel()
        return answer
    }
}

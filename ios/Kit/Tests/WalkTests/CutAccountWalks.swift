// What is done to an account is cut wherever the core waits for the phone: name, doorbell, keys, freeze, leave, forget.
import InkanKit
import TestWorld
import Testing

@Suite struct CutAccountWalks {
    @Test func newKeys() async throws {
        let cuts = try await Phone.cutEverywhere {
            try await Customer.enrolled()
        } step: { phone, customer in
            try await phone.app.rotateKeys(customer.account)
        } after: { phone, customer, _ in
            let asked = try await customer.broker.ask(customer.user)
            _ = try await phone.shown(asked)
            _ = try await phone.app.approve(
                account: customer.account, challenge: asked.challenge, number: asked.number, shown: nil)
            let keys = try await phone.keys()
            #expect(keys.count == 2, "none of the old ones is left, and none of a try")
        }
        expectCut(cuts, ["before createKey", "after createKey", "before POST /d/v1/renew", "after POST /d/v1/renew"])
    }

    @Test func aName() async throws {
        let cuts = try await Phone.cutEverywhere {
            try await Customer.enrolled()
        } step: { phone, customer in
            try await phone.app.rename(customer.account, name: "新しい名前")
        } after: { phone, customer, _ in
            let account = try await phone.app.refreshAccount(customer.account)
            #expect(account.deviceName == "新しい名前")
        }
        expectCut(cuts, ["before PATCH /d/v1/device", "after PATCH /d/v1/device"])
    }

    @Test func whereTheDoorbellIs() async throws {
        let cuts = try await Phone.cutEverywhere {
            try await Customer.enrolled()
        } step: { phone, customer in
            try await phone.app.setPush(
                account: customer.account, push: PushAddress(provider: .apns, token: String(repeating: "a", count: 64)))
        } after: { _, customer, _ in
            let devices = try await customer.broker.devices(customer.user)
            #expect(devices.map { $0["push"].text } == ["apns"], "\(devices)")
        }
        expectCut(cuts, ["before PUT /d/v1/push", "after PUT /d/v1/push"])
    }

    @Test func aFreeze() async throws {
        let cuts = try await Phone.cutEverywhere {
            try await Customer.enrolled()
        } step: { phone, customer in
            try await phone.app.freeze(customer.account)
        } after: { phone, customer, _ in
            let (kept, said) = (
                try await phone.app.accounts(), try await phone.app.refreshAccount(customer.account)
            )
            #expect(kept.map(\.frozen) == [true] && said.frozen, "and the server says so too")
            let lifted: Json = ["reason": "identity checked"]
            _ = try await customer.broker.ok("POST", "/v1/users/\(customer.user)/unfreeze", lifted)
            let after = try await phone.app.refreshAccount(customer.account)
            #expect(!after.frozen)
        }
        expectCut(cuts, ["before POST /d/v1/freeze", "after POST /d/v1/freeze"])
    }

    @Test func leaving() async throws {
        let cuts = try await Phone.cutEverywhere {
            try await Customer.enrolled()
        } step: { phone, customer in
            // cut after the server has heard it, the account may be gone already
            if try await !phone.app.accounts().isEmpty { try await phone.app.leave(customer.account) }
        } after: { phone, customer, _ in
            let (accounts, devices) = (try await phone.app.accounts(), try await customer.broker.devices(customer.user))
            #expect(accounts == [] && devices.allSatisfy { $0["state"].text != "active" })
            #expect(try await phone.keys() == [])
        }
        expectCut(
            cuts,
            [
                "before DELETE /d/v1/device", "after DELETE /d/v1/device", "before deleteKey", "after deleteKey",
            ])
    }

    @Test func forgetting() async throws {
        let cuts = try await Phone.cutEverywhere {
            let (phone, customer) = try await Customer.enrolled()
            let keys = try await phone.keys()
            #expect(keys.count == 2, "the control: there are keys")
            return (phone, customer)
        } step: { phone, customer in
            if try await !phone.app.accounts().isEmpty { try await phone.app.forget(customer.account) }
        } after: { phone, customer, _ in
            let (accounts, keys) = (try await phone.app.accounts(), try await phone.keys())
            #expect(accounts == [] && keys == [])
            let devices = try await customer.broker.devices(customer.user)
            #expect(devices.map { $0["state"].text } == ["active"], "the server was not asked")
        }
        expectCut(cuts, ["before deleteKey", "after deleteKey"])
        #expect(!cuts.contains { $0.contains("/d/v1/") }, "no server is asked: \(cuts)")
    }
}

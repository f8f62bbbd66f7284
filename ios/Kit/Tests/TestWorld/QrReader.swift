// Reads the codes that the server draws, as a camera would: from the picture. Only what those pictures need is here:
// level M, versions 1 to 10, no damage, so that no error has to be corrected (ISO/IEC 18004).
import Foundation

/// The text of the only code in a picture of the server's: black runs of one row each, on white.
public func readCode(svg: String) throws -> String {
    let size = try Required.value(svg.firstMatch(of: #/viewBox="0 0 (\d+) /#).flatMap { Int($0.output.1) }, "a viewBox")
    var black = Array(repeating: Array(repeating: false, count: size), count: size)
    var corner = size
    for run in svg.matches(of: /M(\d+) (\d+)h(\d+)v/) {
        guard let x = Int(run.output.1), let y = Int(run.output.2), let length = Int(run.output.3),
            y < size, x + length <= size
        else { throw Required(description: "a run inside the picture") }
        corner = min(corner, x, y)
        for column in x..<(x + length) { black[y][column] = true }
    }
    let inner = corner..<(size - corner)
    guard corner < size - corner else { throw Required(description: "anything black") }
    return try QrReader(modules: black[inner].map { Array($0[inner]) }).text()
}

private struct QrReader {
    let modules: [[Bool]]
    var size: Int { modules.count }
    var version: Int { (size - 17) / 4 }

    /// Blocks and data bytes of each, level M, by version.
    static let blocks: [[(count: Int, data: Int)]] = [
        [(1, 16)], [(1, 28)], [(1, 44)], [(2, 32)], [(2, 43)], [(4, 27)], [(4, 31)], [(2, 38), (2, 39)],
        [(3, 36), (2, 37)], [(4, 43), (1, 44)],
    ]
    /// Middles of the alignment patterns, by version.
    static let alignment: [[Int]] = [
        [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
    ]

    func text() throws -> String {
        guard (1...10).contains(version), size == version * 4 + 17 else {
            throw Required(description: "a code of a size that is read here: \(size)")
        }
        return try Self.decode(data(), wide: version >= 10)
    }

    /// Whether a module belongs to a pattern and carries no data.
    private func isPattern(_ row: Int, _ column: Int) -> Bool {
        if row == 6 || column == 6 { return true }
        if row < 9 && (column < 9 || column >= size - 8) { return true }
        if row >= size - 8 && column < 9 { return true }
        if version >= 7 && row < 6 && column >= size - 11 { return true }
        if version >= 7 && column < 6 && row >= size - 11 { return true }
        let middles = Self.alignment[version - 1]
        let last = middles.last ?? 0
        for x in middles {
            for y in middles where abs(row - x) <= 2 && abs(column - y) <= 2 {
                let atFinder = (x == 6 && (y == 6 || y == last)) || (x == last && y == 6)
                if !atFinder { return true }
            }
        }
        return false
    }

    private func isInverted(_ mask: Int, _ row: Int, _ column: Int) -> Bool {
        switch mask {
        case 0: (row + column) % 2 == 0
        case 1: row % 2 == 0
        case 2: column % 3 == 0
        case 3: (row + column) % 3 == 0
        case 4: (row / 2 + column / 3) % 2 == 0
        case 5: row * column % 2 + row * column % 3 == 0
        case 6: (row * column % 2 + row * column % 3) % 2 == 0
        default: ((row + column) % 2 + row * column % 3) % 2 == 0
        }
    }

    /// The data bytes in their order.
    private func data() -> [UInt8] {
        let format = [2, 3, 4].reduce(0) { (value: Int, column: Int) -> Int in value << 1 | (modules[8][column] ? 1 : 0)
        }
        let mask = format ^ 0b101
        var bits: [Bool] = []
        var upward = true
        for pair in stride(from: size - 1, through: 1, by: -2).map({ $0 <= 6 ? $0 - 1 : $0 }) {
            for step in 0..<size {
                let row = upward ? size - 1 - step : step
                for column in [pair, pair - 1] where !isPattern(row, column) {
                    bits.append(modules[row][column] != isInverted(mask, row, column))
                }
            }
            upward.toggle()
        }
        let bytes = stride(from: 0, to: bits.count - 7, by: 8).map { start in
            bits[start..<(start + 8)].reduce(UInt8(0)) { (value: UInt8, bit: Bool) -> UInt8 in
                value << 1 | (bit ? 1 : 0)
            }
        }
        // one byte of each block in turn; the longer blocks come last and end alone
        let lengths = Self.blocks[version - 1].flatMap { Array(repeating: $0.data, count: $0.count) }
        var blocks = Array(repeating: [UInt8](), count: lengths.count)
        var next = bytes.makeIterator()
        for place in 0..<(lengths.max() ?? 0) {
            for block in lengths.indices where place < lengths[block] {
                if let byte = next.next() { blocks[block].append(byte) }
            }
        }
        return blocks.flatMap { $0 }
    }

    /// Segments of digits, of capitals and signs, and of bytes.
    private static func decode(_ data: [UInt8], wide: Bool) throws -> String {
        let signs = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
        var place = 0
        func take(_ count: Int) throws -> Int {
            guard place + count <= data.count * 8 else { throw Required(description: "the rest of a code") }
            defer { place += count }
            return (place..<(place + count)).reduce(0) { (value: Int, bit: Int) -> Int in
                let byte = Int(data[bit / 8])
                return value << 1 | (byte >> (7 - bit % 8)) & 1
            }
        }
        var text: [UInt8] = []
        while place + 4 <= data.count * 8 {
            switch try take(4) {
            case 0: return String(decoding: text, as: UTF8.self)
            case 1:
                var left = try take(wide ? 12 : 10)
                while left > 0 {
                    let digits = min(left, 3)
                    let value = String(try take([4, 7, 10][digits - 1]))
                    text += String(repeating: "0", count: digits - value.count).utf8
                    text += value.utf8
                    left -= digits
                }
            case 2:
                var left = try take(wide ? 11 : 9)
                while left > 1 {
                    let value = try take(11)
                    text += String([signs[value / 45], signs[value % 45]]).utf8
                    left -= 2
                }
                if left == 1 { text += String(signs[try take(6)]).utf8 }
            case 4:
                for _ in 0..<(try take(wide ? 16 : 8)) { text.append(UInt8(try take(8))) }
            case let mode: throw Required(description: "a segment of a kind that is read here: \(mode)")
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

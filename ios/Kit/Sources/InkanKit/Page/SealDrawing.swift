/// The strokes of a seal on a grid of 64, as values: a view turns them into a shape.
///
/// The characters are those of the server's pages; a test compares them.
public enum SealDrawing {
    /// 印, as it is stamped.
    public static let stamp = "M30 16 18 20V47M18 30H29.5M18 41H29.5M35.5 51V19H46.5V41.5H40.5"
    /// 止, for what has been stopped.
    public static let stop = "M33.5 16V46M33.5 30H45.5M22 26.5V46M15 46H49"
    /// The double strike of what was declined.
    public static let strike = "M12 28H52M12 36H52"
    /// The side of the grid.
    public static let grid = 64.0
    /// The width of a stroke.
    public static let stroke = 4.0
    /// The radius of the rim.
    public static let rim = 29.0
    /// The radius of a filled seal.
    public static let disc = 31.0

    /// One stroke of the pen: the points that it passes.
    public struct Stroke: Hashable, Sendable {
        /// The points in order, at least one.
        public let points: [Point]
    }

    /// A point on the grid.
    public struct Point: Hashable, Sendable {
        /// From the left.
        public let x: Double
        /// From the top.
        public let y: Double

        /// A point.
        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// Reads `M`, `H`, `V` and pairs of numbers, which is all that seals are made of. Nothing for anything else.
    public static func strokes(of path: String) -> [Stroke]? {
        var strokes: [Stroke] = []
        var points: [Point] = []
        var rest = path[...]
        var command: Character = " "
        while true {
            rest = rest.drop { $0 == " " }
            guard let next = rest.first else { break }
            if next.isLetter {
                command = next
                rest = rest.dropFirst()
                if command == "M" {
                    if !points.isEmpty { strokes.append(Stroke(points: points)) }
                    points = []
                }
            }
            guard let first = number(from: &rest) else { return nil }
            switch (command, points.last) {
            case ("H", .some(let last)):
                points.append(Point(x: first, y: last.y))
            case ("V", .some(let last)):
                points.append(Point(x: last.x, y: first))
            case ("M", _):
                guard let second = number(from: &rest) else { return nil }
                points.append(Point(x: first, y: second))
            default:
                return nil
            }
        }
        if !points.isEmpty { strokes.append(Stroke(points: points)) }
        return strokes
    }

    private static func number(from rest: inout Substring) -> Double? {
        rest = rest.drop { $0 == " " }
        let digits = rest.prefix { $0.isNumber || $0 == "." }
        rest = rest[digits.endIndex...]
        return Double(digits)
    }
}

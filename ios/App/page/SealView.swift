import InkanKit
import SwiftUI

/// The answer as a seal. Hidden from screen readers: words say it.
struct SealView: View {
    let kind: Page.SealKind
    let side: CGFloat
    var rim: Double?

    var body: some View {
        ZStack {
            switch kind {
            case .waiting:
                RimView(fraction: rim ?? 1)
                strokes(SealDrawing.stamp, .hairline)
            case .approved:
                disc(.act)
                strokes(SealDrawing.stamp, .onAct)
            case .declined:
                ring(.edge)
                strokes(SealDrawing.strike, .ink)
            case .stopped:
                disc(.ink)
                strokes(SealDrawing.stop, .sheet)
            case .expired:
                ring(.edge, dash: [3, 3])
            case .elsewhere:
                ring(.edge)
                strokes(SealDrawing.stamp, .edge)
            }
        }
        .frame(width: side, height: side)
        .accessibilityHidden(true)
    }

    private var unit: CGFloat { side / SealDrawing.grid }

    private func disc(_ color: Color) -> some View {
        Circle().fill(color).frame(width: SealDrawing.disc * 2 * unit, height: SealDrawing.disc * 2 * unit)
    }

    /// A dash is given in parts of 120 of the circle, as on the server's pages, and is a little thinner.
    private func ring(_ color: Color, dash: [CGFloat] = []) -> some View {
        let part = SealDrawing.rim * 2 * .pi * unit / 120
        let width = dash.isEmpty ? SealDrawing.stroke : SealDrawing.stroke - 1
        return Circle()
            .stroke(color, style: StrokeStyle(lineWidth: width * unit, lineCap: .butt, dash: dash.map { $0 * part }))
            .frame(width: SealDrawing.rim * 2 * unit, height: SealDrawing.rim * 2 * unit)
    }

    private func strokes(_ path: String, _ color: Color) -> some View {
        SealStrokes(path: path)
            .stroke(color, style: StrokeStyle(lineWidth: SealDrawing.stroke * unit, lineCap: .butt, lineJoin: .miter))
    }
}

/// The strokes of a seal on whatever square it is given.
struct SealStrokes: Shape {
    let path: String

    func path(in rect: CGRect) -> Path {
        let unit = rect.width / SealDrawing.grid
        var drawing = Path()
        for stroke in SealDrawing.strokes(of: path) ?? [] {
            for (index, point) in stroke.points.enumerated() {
                let spot = CGPoint(x: rect.minX + point.x * unit, y: rect.minY + point.y * unit)
                if index == 0 { drawing.move(to: spot) } else { drawing.addLine(to: spot) }
            }
        }
        return drawing
    }
}

/// The time that is left, as a rim that runs down.
struct RimView: View {
    let fraction: Double
    @Environment(\.accessibilityReduceMotion) private var reduceMotion

    var body: some View {
        GeometryReader { space in
            let unit = space.size.width / SealDrawing.grid
            let style = StrokeStyle(lineWidth: SealDrawing.stroke * unit, lineCap: .butt)
            ZStack {
                Circle().stroke(Color.hairline, style: style)
                Circle()
                    .trim(from: 0, to: Rim.shown(fraction: fraction, reduceMotion: reduceMotion))
                    .stroke(Color.act, style: style)
                    .rotationEffect(.degrees(-90))
            }
            .padding((SealDrawing.grid / 2 - SealDrawing.rim) * unit)
        }
    }
}

/// A seal that comes down on the page when it is first seen; not where the person wants no motion.
struct StampedSeal: View {
    let kind: Page.SealKind
    let side: CGFloat
    @State private var down = false
    @Environment(\.accessibilityReduceMotion) private var reduceMotion

    var body: some View {
        SealView(kind: kind, side: side)
            .scaleEffect(down || reduceMotion ? 1 : 1.14)
            .opacity(down || reduceMotion ? 1 : 0)
            .animation(reduceMotion ? nil : .timingCurve(0.2, 0, 0, 1, duration: 0.24), value: down)
            .onAppear { down = true }
    }
}

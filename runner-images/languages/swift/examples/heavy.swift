import Dispatch
import Foundation

struct Order: Codable, Hashable {
    let customer: String
    let cents: Int
    let placed: Date
}

protocol Report { associatedtype Output: CustomStringConvertible; func make(_ orders: [Order]) -> Output }

struct Totals: Report {
    func make(_ orders: [Order]) -> String {
        Dictionary(grouping: orders, by: \.customer)
            .mapValues { $0.map(\.cents).reduce(0, +) }
            .sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            .map { "\($0.key): " + String(format: "%.2f", Double($0.value) / 100) }
            .joined(separator: ", ")
    }
}

actor Ledger {
    private var orders: Set<Order> = []
    func add(_ order: Order) { orders.insert(order) }
    func all() -> [Order] { orders.sorted { $0.placed < $1.placed } }
}

let json = """
[{"customer": "Grace", "cents": 1250, "placed": 60}, {"customer": "Ada", "cents": 400, "placed": 0}, {"customer": "Ada", "cents": 99, "placed": 90}]
"""
let decoder = JSONDecoder()
decoder.dateDecodingStrategy = .secondsSince1970
let orders = try decoder.decode([Order].self, from: Data(json.utf8))
let ledger = Ledger()
await withTaskGroup(of: Void.self) { group in
    for order in orders { group.addTask { await ledger.add(order) } }
}
let sorted = await ledger.all()
print(Totals().make(sorted))
print(sorted.map(\.customer), "a1b22".replacingOccurrences(of: "[0-9]+", with: "#", options: .regularExpression))
let formatter = DateFormatter()
formatter.timeZone = TimeZone(identifier: "UTC")
formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
print(formatter.string(from: sorted.last!.placed))
DispatchQueue.concurrentPerform(iterations: 4) { _ in }
if let match = "order 42".firstMatch(of: #/order (?<id>\d+)/#) { print(match.id) }

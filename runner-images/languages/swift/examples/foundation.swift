import Foundation

print("größer".uppercased(), String(format: "%.2f", Double.pi))

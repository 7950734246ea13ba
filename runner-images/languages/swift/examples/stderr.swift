import Foundation

FileHandle.standardError.write("oops\n".data(using: .utf8)!)

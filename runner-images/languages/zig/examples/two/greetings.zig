const std = @import("std");

pub fn greet(io: std.Io, name: []const u8) !void {
    var stdout = std.Io.File.stdout().writerStreaming(io, &.{});
    try stdout.interface.print("hello {s}\n", .{name});
}

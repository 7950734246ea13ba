const std = @import("std");

pub fn main(init: std.process.Init) !void {
    var in_buffer: [100]u8 = undefined;
    var stdin = std.Io.File.stdin().readerStreaming(init.io, &in_buffer);
    const line = try stdin.interface.takeDelimiterInclusive('\n');
    try std.Io.File.stdout().writeStreamingAll(init.io, line);
}

const std = @import("std");

pub fn main(init: std.process.Init) !void {
    var words: std.ArrayList([]const u8) = .empty;
    defer words.deinit(init.gpa);
    try words.append(init.gpa, "größer");
    try words.append(init.gpa, "als");

    var buffer: [100]u8 = undefined;
    var stdout = std.Io.File.stdout().writerStreaming(init.io, &buffer);
    for (words.items) |word| try stdout.interface.print("{s}\n", .{word});
    try stdout.interface.flush();
}

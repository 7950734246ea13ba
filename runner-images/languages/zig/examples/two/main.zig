const std = @import("std");
const greetings = @import("greetings.zig");

pub fn main(init: std.process.Init) !void {
    try greetings.greet(init.io, "two");
}

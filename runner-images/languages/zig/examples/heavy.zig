const std = @import("std");

const Shape = union(enum) {
    circle: f64,
    box: struct { width: f64, height: f64 },

    fn area(self: Shape) f64 {
        return switch (self) {
            .circle => |radius| std.math.pi * radius * radius,
            .box => |box| box.width * box.height,
        };
    }
};

const Order = struct { customer: []const u8, cents: u32, tags: []const []const u8 = &.{} };

fn Stack(comptime T: type) type {
    return struct {
        items: std.ArrayList(T) = .empty,

        fn push(self: *@This(), gpa: std.mem.Allocator, item: T) !void {
            try self.items.append(gpa, item);
        }
    };
}

fn byCents(_: void, a: Order, b: Order) bool {
    return a.cents > b.cents;
}

fn square(n: u32, out: *u32) void {
    out.* = n * n;
}

pub fn main() !void {
    var arena = std.heap.ArenaAllocator.init(std.heap.page_allocator);
    defer arena.deinit();
    const gpa = arena.allocator();
    const text =
        \\[{"customer":"Ada","cents":499},{"customer":"Grace","cents":1250,"tags":["a"]}]
    ;
    const orders = try std.json.parseFromSliceLeaky([]Order, gpa, text, .{});
    std.mem.sort(Order, orders, {}, byCents);
    for (orders) |order| std.debug.print("{s} {d}.{d:0>2} {d}\n", .{ order.customer, order.cents / 100, order.cents % 100, order.tags.len });
    var sum: f64 = 0;
    for ([_]Shape{ .{ .circle = 1 }, .{ .box = .{ .width = 2, .height = 3 } } }) |shape| sum += shape.area();
    std.debug.print("{d:.3}\n", .{sum});
    var counts = std.StringHashMap(u32).init(gpa);
    var words = std.mem.splitScalar(u8, "a b a c", ' ');
    while (words.next()) |word| (try counts.getOrPutValue(word, 0)).value_ptr.* += 1;
    var stack: Stack(u32) = .{};
    for (0..4) |n| try stack.push(gpa, @intCast(n));
    var squares: [4]u32 = undefined;
    var threads: [4]std.Thread = undefined;
    for (stack.items.items, &threads, &squares) |n, *thread, *out| thread.* = try std.Thread.spawn(.{}, square, .{ n, out });
    for (threads) |thread| thread.join();
    std.debug.print("{d} {any}\n", .{ counts.get("a").?, squares });
}

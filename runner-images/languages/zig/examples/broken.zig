pub fn main() void {
    const x = nobody;
    _ = x;
}

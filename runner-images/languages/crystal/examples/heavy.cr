require "json"
require "uri"
require "big"
require "time"

class Order
  include JSON::Serializable
  getter customer : String
  getter cents : Int64
  getter tags : Array(String) = [] of String

  def initialize(@customer, @cents, @tags)
  end
end

module Shape
  abstract def area : Float64
end

record Circle, radius : Float64 do
  include Shape

  def area : Float64
    Math::PI * radius ** 2
  end
end

record Rectangle, width : Float64, height : Float64 do
  include Shape

  def area : Float64
    width * height
  end
end

orders = Array(Order).from_json(%([{"customer":"Ada","cents":499},{"customer":"Grace","cents":1250,"tags":["a"]}]))
orders.sort_by { |order| -order.cents }.each { |order| puts "%s %.2f" % {order.customer, order.cents / 100} }
puts orders.last.to_json
puts ([Circle.new(1.0), Rectangle.new(2.0, 3.0)] of Shape).sum(&.area).round(3)
puts "a1b22".gsub(/[0-9]+/, "#"), URI.parse("http://web.example/a?b=c").host, (BigInt.new(2) ** 70)
channel = Channel(Tuple(Int32, Int32)).new
4.times { |worker| spawn { channel.send({worker, (1..1000).select(&.even?).sum + worker}) } }
puts Array.new(4) { channel.receive }.to_h.to_a.sort.map(&.[1]).join(' ')
puts Time.utc(2015, 9, 22, 16, 0, 0).to_s("%Y-%m-%d %H:%M"), orders.group_by(&.tags.size).transform_values(&.size)

require "big"
require "json"

puts({"größer" => [1, 2].map { |n| n * 2 }}.to_json)
puts BigInt.new(2) ** 100

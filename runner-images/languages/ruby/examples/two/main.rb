require_relative "greet"
puts hello("two")

defmodule Sums do
  @spec sum([integer]) :: integer
  def sum(numbers), do: Enum.reduce(numbers, 0, &+/2)
end

numbers = IO.gets("") |> String.split() |> Enum.map(&String.to_integer/1)
task = Task.async(fn -> numbers |> Stream.filter(&(&1 > 1)) |> Enum.count() end)
IO.puts("sum: #{Sums.sum(numbers)}, é: #{Task.await(task) * 2}")

defmodule Greeting do
  def for(name), do: "hello #{name}"
end

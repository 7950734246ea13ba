module kinds
  integer, parameter :: whole = selected_int_kind(18)
end module

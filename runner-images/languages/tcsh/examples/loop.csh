foreach letter (a b)
  echo -n "$letter! "
end
echo ""

A = [1 2; 3 4]
disp(round(det(A)))
disp(A * [5 6; 7 8])
disp(mean([3 6]))

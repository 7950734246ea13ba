;; Conses some 1 GB: held down by the collector, not by the container's memory.
(let ((last nil))
  (dotimes (i 1000)
    (setf last (make-array 1000000 :element-type '(unsigned-byte 8))))
  (format t "~a~%" (length last)))

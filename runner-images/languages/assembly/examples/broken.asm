section .text
    global _start
_start:
    mov eax, 60
    jumpto somewhere, else
    syscall

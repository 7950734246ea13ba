    extern greet
    global _start
_start:
    call greet
    mov eax, 60
    mov edi, 0
    syscall

section .data
    msg db "oops", 10

section .text
    global _start
_start:
    mov eax, 1
    mov edi, 2
    mov rsi, msg
    mov edx, 5
    syscall
    mov eax, 60
    mov edi, 0
    syscall

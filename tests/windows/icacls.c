/* The two uses that uitvraag makes of icacls, over the real calls: wine's own icacls does nothing and says it worked.
 *   icacls FILE /inheritance:r /grant:r *S-1-3-4:F     the owner alone
 *   icacls FILE /save LIST                             name and SDDL, in UTF-16
 */
#include <windows.h>
#include <aclapi.h>
#include <sddl.h>
#include <stdio.h>

static int close_off(const wchar_t *file) {
    static BYTE buffer[4096];
    DWORD length;
    PSID owner;
    BOOL defaulted;
    wchar_t *sid, text[256];
    PSECURITY_DESCRIPTOR list;
    if (!GetFileSecurityW(file, OWNER_SECURITY_INFORMATION, buffer, sizeof buffer, &length)) return 1;
    if (!GetSecurityDescriptorOwner(buffer, &owner, &defaulted) || !ConvertSidToStringSidW(owner, &sid)) return 2;
    /* Wine knows no OWNER RIGHTS; the owner by name is the same here. */
    _snwprintf(text, 256, L"D:P(A;;FA;;;%ls)", sid);
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, &list, NULL)) return 3;
    return SetFileSecurityW(file, DACL_SECURITY_INFORMATION, list) ? 0 : 4;
}

static int save(const wchar_t *file, const wchar_t *to) {
    static BYTE buffer[4096];
    DWORD length;
    wchar_t *text;
    FILE *out;
    if (!GetFileSecurityW(file, DACL_SECURITY_INFORMATION, buffer, sizeof buffer, &length)) return 1;
    if (!ConvertSecurityDescriptorToStringSecurityDescriptorW(buffer, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &text, NULL)) return 2;
    out = _wfopen(to, L"wb");
    if (!out) return 3;
    fwrite(file, sizeof *file, wcslen(file), out);
    fwrite(L"\r\n", sizeof *text, 2, out);
    fwrite(text, sizeof *text, wcslen(text), out);
    return fclose(out) ? 4 : 0;
}

int wmain(int argc, wchar_t **argv) {
    if (argc == 4 && !wcscmp(argv[2], L"/save")) return save(argv[1], argv[3]);
    if (argc == 5 && !wcscmp(argv[2], L"/inheritance:r") && !wcscmp(argv[3], L"/grant:r") && !wcscmp(argv[4], L"*S-1-3-4:F")) return close_off(argv[1]);
    return 87;
}
